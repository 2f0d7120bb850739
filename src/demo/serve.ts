// One of Rivemont's services as a program of its own: `node dist/demo/serve.js parking [PORT]`, forked by whoever wants it.
// It tells its parent where it listens, and ends when the parent does, however that ends: the channel between them closes.
import { startBroker } from "./context-broker.js";
import { startMobility } from "./mobility-service.js";
import { startParking } from "./parking-service.js";
import type { DemoServiceName } from "./programs.js";

const starters: Readonly<Record<DemoServiceName, (port: number) => Promise<{ readonly url: string }>>> = {
  parking: startParking,
  mobility: startMobility,
  broker: startBroker,
  // Loaded by its own program alone: it is larger than the others together.
  "sign-in": async (port) => (await import("./sign-in-service.js")).startSignIn(port),
};

// Ctrl-C reaches every process at the terminal: the gateway, which may still be asking, says when it is enough.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));

const [name = "", port = "0"] = process.argv.slice(2);
const start = new Map<string, (port: number) => Promise<{ readonly url: string }>>(Object.entries(starters)).get(name);
if (start === undefined || process.send === undefined) {
  process.stderr.write("This is a part of `npm start`: parking, mobility, broker or sign-in of the demo town.\n");
  process.exit(2);
}
const { url } = await start(Number(port));
// The parent may have gone before anyone listened for it.
if (process.connected) process.send({ url });
else process.exit(0);
