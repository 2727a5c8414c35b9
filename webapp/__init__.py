"""The web app: pages that draw what `fer_core` reads."""
