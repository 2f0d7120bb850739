// What an HTTP service may do to who asks it, whatever its protocol. None of it may hang, fill the memory, lead
// elsewhere or reach a failure's words.
import type { RequestListener } from "node:http";
import type { FailureReason } from "../../src/sources/index.js";

/** Stands in every hostile answer: a failure that holds it tells about a person. */
export const somebody = "Jeanne Dupont, 14 rue du Moulin";

interface HostileAnswer {
  readonly title: string;
  readonly answer: RequestListener;
  readonly reason: FailureReason;
}

const json = { "content-type": "application/json" };
const bodyOf =
  (status: number, body: string, headers: Record<string, string> = json): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

const megabyte = Buffer.alloc(1_000_000, `"${somebody}",`);

const endless: RequestListener = (_, response) => {
  response.writeHead(200, { ...json, "content-length": "5000000000" });
  const more = (): void => {
    while (!response.destroyed && response.write(megabyte));
  };
  response.on("drain", more).on("error", () => undefined);
  more();
};

const drop: RequestListener = (_, response) => {
  response.writeHead(200, json).write('{"data": ');
  const clock = setInterval(() => response.write(" "), 100);
  response.on("close", () => clearInterval(clock));
};

/** For connectors with `timeoutMs` under a second and `maxBytes` under 5 GB. */
export const hostileAnswers: readonly HostileAnswer[] = [
  {
    title: "a redirect",
    answer: bodyOf(302, somebody, { location: "http://127.0.0.1:1/elsewhere" }),
    reason: "unavailable",
  },
  {
    title: "a permanent redirect that keeps the body",
    answer: bodyOf(308, "", { location: "/x" }),
    reason: "unavailable",
  },
  { title: "5 GB", answer: endless, reason: "too-large" },
  { title: "a byte now and then", answer: drop, reason: "timeout" },
  { title: "no JSON", answer: bodyOf(200, `<html>${somebody}`), reason: "invalid-answer" },
  { title: "half a JSON", answer: bodyOf(200, `{"data": {"name": "${somebody}`), reason: "invalid-answer" },
  { title: "nothing", answer: bodyOf(200, ""), reason: "invalid-answer" },
  { title: "a text", answer: bodyOf(200, JSON.stringify(somebody)), reason: "invalid-answer" },
  { title: "null", answer: bodyOf(200, "null"), reason: "invalid-answer" },
  { title: "400 about somebody", answer: bodyOf(400, JSON.stringify({ title: somebody })), reason: "unavailable" },
  // Read as whole, these would be lists of nothing.
  ...[202, 206, 207].map((status): HostileAnswer => {
    const headers = { ...json, "content-range": "items 0-0/9", "ngsild-results-count": "0" };
    return { title: `a part: ${status}`, answer: bodyOf(status, "[]", headers), reason: "invalid-answer" };
  }),
  { title: "401", answer: bodyOf(401, somebody), reason: "unavailable" },
  { title: "404 about somebody", answer: bodyOf(404, JSON.stringify({ detail: somebody })), reason: "unavailable" },
  { title: "500 about somebody", answer: bodyOf(500, somebody), reason: "unavailable" },
  { title: "a connection that breaks", answer: (_, response) => response.destroy(), reason: "unavailable" },
];
