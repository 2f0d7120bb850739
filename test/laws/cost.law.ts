// Laws 2, 13, 15: what an operation costs is at most what was estimated, and follows from what left and from nothing else.
import { expect } from "vitest";
import type { Reply } from "../support/test-gateway.js";
import { map } from "./policy.js";
import type { Left } from "./expected.js";

interface Cost {
  readonly requestedQueryCost: number;
  readonly actualQueryCost: number;
}

const links = new Set(
  [...map.values()].flatMap(({ members }) =>
    [...members.values()].filter(({ kind }) => kind === "link").map(({ coordinate }) => coordinate),
  ),
);

/**
 * @param roots how many root fields the operation may have: each that is answered costs 1, too.
 * Every object of the answer carries `zid`.
 */
export function checkCost(reply: Reply, left: Left, roots: number): void {
  const cost = reply.body.extensions?.["cost"] as Cost | undefined;
  expect(cost).toBeDefined();
  if (cost === undefined) return;
  const objects = JSON.stringify(reply.body.data).match(/"zid":/g)?.length ?? 0;
  let rest = objects;
  for (const [at, count] of left.cells)
    if (links.has(at)) rest += count;
    else if (at.endsWith(".totalCount")) rest += 10 * count;
  const ofRoots = cost.actualQueryCost - rest;
  expect({ cost, rest, ofRoots: ofRoots >= 0 && ofRoots <= roots }).toMatchObject({ ofRoots: true });
  expect(cost.requestedQueryCost).toBeGreaterThanOrEqual(cost.actualQueryCost);
}
