// Loaded into each measured server before its own code: says what the process has used so far when the bench asks, and
// ends it as Ctrl-C would when the bench is gone.
if (process.send !== undefined) {
  process.on("message", () => process.send(process.resourceUsage()));
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
  // The channel alone is no reason to live on.
  process.channel.unref();
}
