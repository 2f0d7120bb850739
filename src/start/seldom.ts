// What is told to the operator, and not too often.

/** A line that any request can cause is told once in ten seconds: nobody outside fills the operator's log with it. */
export function seldom(report: (line: string) => void): (line: string) => void {
  const told = new Map<string, number>();
  return (line) => {
    const now = performance.now();
    if (now - (told.get(line) ?? -Infinity) < 10_000) return;
    if (told.size > 100) told.clear();
    told.set(line, now);
    report(line);
  };
}
