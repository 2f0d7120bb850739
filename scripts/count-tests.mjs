#!/usr/bin/env node
// Prints "PASSED FAILED" for one report of vitest (JSON) and the status that vitest ended with.
// What could not even be read, or ended badly without naming a test, counts as one failure.
import { readFileSync } from "node:fs";

const [file, status] = process.argv.slice(2);

function counts() {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    // A file that does not load has no test that failed, and is a failure all the same.
    const notLoaded = report.testResults.filter(
      (suite) => suite.status === "failed" && suite.assertionResults.every((test) => test.status !== "failed"),
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests + notLoaded.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const { passed, failed } = counts();
console.log(`${passed} ${failed === 0 && status !== "0" ? 1 : failed}`);
