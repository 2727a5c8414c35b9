// Looks at camera and connection in the visitor's browser; nothing leaves it but two reports:
//   camera {secure, permission, cameras}, at once and when it changes, without asking anybody;
//   test {camera: "ok" or an error's name, candidates: kinds of addresses}, when it is asked for.

const PATIENCE_MS = 6000;
const told = new WeakMap(); // what has been said already: each word draws the page anew

async function lookAtCamera() {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const permission = await navigator.permissions
    ?.query({ name: "camera" })
    .catch(() => undefined); // not every browser tells
  return {
    permission,
    report: {
      secure: window.isSecureContext,
      permission: permission?.state ?? "unknown",
      cameras: devices.filter(({ kind }) => kind === "videoinput").length,
    },
  };
}

async function tryCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return "missing";
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    stream.getTracks().forEach((track) => track.stop());
    return "ok";
  } catch (error) {
    return error.name;
  }
}

async function findWays(servers) {
  const kinds = new Set();
  const peer = new RTCPeerConnection({ iceServers: servers });
  try {
    peer.createDataChannel("check");
    const through = new Promise((resolve) => {
      peer.onicecandidate = ({ candidate }) =>
        candidate ? candidate.type && kinds.add(candidate.type) : resolve();
      setTimeout(resolve, PATIENCE_MS);
    });
    await peer.setLocalDescription(await peer.createOffer());
    await through;
  } finally {
    peer.close();
  }
  return [...kinds];
}

export default function ({ data, parentElement, setStateValue }) {
  const look = async () => {
    const { permission, report } = await lookAtCamera();
    if (permission) permission.onchange = look;
    const text = JSON.stringify(report);
    if (told.get(parentElement) === text) return;
    told.set(parentElement, text);
    setStateValue("camera", report);
  };
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    button.disabled = true;
    try {
      const camera = await tryCamera();
      const candidates = await findWays(data.servers).catch(() => []);
      setStateValue("test", { camera, candidates });
    } finally {
      button.disabled = false;
    }
  };
  navigator.mediaDevices?.addEventListener("devicechange", look);
  look();
  return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
}
