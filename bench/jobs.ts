// A process of the bench that does what it is told by whoever started it, one job after the other.

/** @param name of the process, for the terminal; a job that fails ends it */
export function doJobs<Job>(name: string, run: (job: Job) => Promise<unknown>): void {
  process.on("message", (job) => {
    run(job as Job).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        process.stderr.write(`${name}: ${error instanceof Error ? error.stack : "unknown"}\n`);
        process.exit(1);
      },
    );
  });
}
