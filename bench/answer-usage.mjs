// Loaded into each measured server before its own code: says what the process has used so far when the bench asks, takes a
// CPU profile of what lies between `{ profile: "begin" }` and `{ profile: "end" }`, and ends the process as Ctrl-C would
// when the bench is gone.
import { Session } from "node:inspector/promises";

const session = new Session();
const microsecondsBetweenSamples = 200;

async function profile(step) {
  if (step === "end") {
    const taken = await session.post("Profiler.stop");
    session.disconnect();
    return taken.profile;
  }
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: microsecondsBetweenSamples });
  await session.post("Profiler.start");
  return {};
}

if (process.send !== undefined) {
  process.on("message", (asked) => {
    if (typeof asked !== "object") return process.send(process.resourceUsage());
    return profile(asked.profile).then((answer) => process.send(answer));
  });
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
  // The channel alone is no reason to live on.
  process.channel.unref();
}
