"""How well a model does, by the field's figures, always with the split's name beside them."""
