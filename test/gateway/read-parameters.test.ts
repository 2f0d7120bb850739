import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseMediaType } from "../../src/gateway/media-type.js";
import { isRequestFault, readParameters } from "../../src/gateway/read-parameters.js";
import { answerErrors } from "../../src/terms/index.js";

const json = { "content-type": "application/json" };
const read = (body: Buffer | string | null, headers: Record<string, string> = json, method = "POST") =>
  readParameters(
    method,
    new Map(Object.entries(headers)),
    typeof body === "string" ? Buffer.from(body) : body,
    null,
    1000,
  );
const post = (value: unknown) => read(JSON.stringify(value));

describe("reading the parameters of a request", () => {
  it("takes what GraphQL over HTTP allows", () => {
    const bare = { query: "{a}", operationName: null, variables: {} };
    expect(post({ query: "{a}" })).toEqual(bare);
    expect(post({ query: "{a}", operationName: null, variables: null, extensions: null, other: 1 })).toEqual(bare);
    expect(post({ query: "{a}", operationName: "" })).toEqual(bare);
    expect(post({ query: "{a}", operationName: "A", variables: { x: [1] }, extensions: { trace: 1 } })).toEqual({
      query: "{a}",
      operationName: "A",
      variables: { x: [1] },
    });
    for (const type of ["Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"'])
      expect(read('{"query":"{a}"}', { "content-type": type })).toEqual(bare);
    expect(read(Buffer.from("\ufeff" + '{"query":"{a}"}'), { ...json, "content-encoding": "identity" })).toEqual(bare);
  });

  it.each(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "post"])("refuses method %s", (method) => {
    expect(read('{"query":"{a}"}', json, method)).toMatchObject({
      code: "METHOD_NOT_ALLOWED",
      headers: { allow: "POST" },
    });
  });

  it.each([
    [{}, "MEDIA_TYPE_NOT_SUPPORTED"],
    [{ "content-type": "text/plain" }, "MEDIA_TYPE_NOT_SUPPORTED"],
    [{ "content-type": "application/json, text/plain" }, "MEDIA_TYPE_NOT_SUPPORTED"],
    [{ "content-type": "application/json; charset=latin1" }, "MEDIA_TYPE_NOT_SUPPORTED"],
    [{ "content-type": "application/graphql" }, "MEDIA_TYPE_NOT_SUPPORTED"],
    [{ ...json, "content-encoding": "gzip" }, "MEDIA_TYPE_NOT_SUPPORTED"],
    [{ ...json, "content-encoding": "identity, br" }, "MEDIA_TYPE_NOT_SUPPORTED"],
    [{ ...json, accept: "text/html" }, "NOT_ACCEPTABLE"],
    [{ ...json, accept: "application/json;q=0" }, "NOT_ACCEPTABLE"],
  ])("refuses headers %j with %s", (headers, code) => {
    expect(read('{"query":"{a}"}', headers)).toMatchObject({ code });
  });

  it.each([
    ["", "There is no body"],
    ["{", "not valid JSON"],
    ['{"query":"{a}"}}', "not valid JSON"],
    ['[{"query":"{a}"}]', "not an array"],
    ["null", "must be a JSON object"],
    ['"{a}"', "must be a JSON object"],
    ["{}", "`query` must be a string"],
    ['{"query":{"kind":"Document"}}', "`query` must be a string"],
    ['{"query":" \\n "}', "`query` is empty"],
    ['{"query":"{a}","operationName":1}', "`operationName`"],
    ['{"query":"{a}","variables":[1]}', "`variables`"],
    ['{"query":"{a}","variables":"{}"}', "`variables`"],
    ['{"query":"{a}","extensions":"{}"}', "`extensions`"],
    ['{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}', "PersistedQueryNotSupported"],
    ['{"query":"{a}","extensions":{"persistedQuery":{"version":1}}}', "PersistedQueryNotSupported"],
    ['{"__proto__":{"query":"{a}"}}', "`query` must be a string"],
  ])("refuses %s", (body, message) => {
    const fault = read(body);
    expect(fault).toMatchObject({ code: "REQUEST_NOT_UNDERSTOOD" });
    expect(isRequestFault(fault) && fault.message).toContain(message);
  });

  it("refuses what is not UTF-8, without repairing it", () => {
    const broken = Buffer.concat([
      Buffer.from('{"query":"{a}","operationName":"'),
      Buffer.from([0xc3, 0x28, 0x22, 0x7d]),
    ]);
    expect(read(broken)).toEqual({ code: "REQUEST_NOT_UNDERSTOOD", message: "The body is not valid UTF-8." });
  });

  it("names figure and limit of a body too large, and one that broke off", () => {
    const fault = (of: "too-large" | "unreadable", headers: Record<string, string> = {}) =>
      readParameters("POST", new Map(Object.entries({ ...json, ...headers })), null, of, 1000);
    expect(fault("too-large", { "content-length": "1048576" })).toEqual({
      code: "REQUEST_TOO_LARGE",
      message: "The body is 1048576 bytes; the limit is 1000 bytes.",
    });
    expect(fault("too-large")).toMatchObject({ code: "REQUEST_TOO_LARGE" });
    expect(fault("unreadable")).toMatchObject({ code: "REQUEST_NOT_UNDERSTOOD" });
  });

  it("keeps `__proto__` in variables an own member, and every prototype as it was", () => {
    const parameters = read(
      '{"query":"{a}","variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"p":1}}}}',
    );
    expect(isRequestFault(parameters)).toBe(false);
    if (isRequestFault(parameters)) return;
    expect(Object.getPrototypeOf(parameters.variables)).toBe(Object.prototype);
    expect(Object.hasOwn(parameters.variables, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("takes nothing from a prototype that somebody else polluted", () => {
    Object.assign(Object.prototype, { query: "{a}" });
    try {
      expect(post({ operationName: "A" })).toMatchObject({ code: "REQUEST_NOT_UNDERSTOOD" });
    } finally {
      Reflect.deleteProperty(Object.prototype, "query");
    }
  });

  it("bounds the nesting of variables, however deep", () => {
    const nested = (depth: number): string =>
      `{"query":"{a}","variables":{"x":${"[".repeat(depth)}${"]".repeat(depth)}}}`;
    expect(read(nested(63))).toMatchObject({ query: "{a}" });
    expect(read(nested(64))).toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(read(nested(400_000))).toMatchObject({ code: "LIMIT_EXCEEDED" });
  });

  it("never throws, and never repeats what was sent", () => {
    const secret = "Xq7";
    fc.assert(
      fc.property(fc.json(), fc.string(), fc.string(), fc.uint8Array(), (value, type, accept, bytes) => {
        for (const body of [
          Buffer.from(value.replaceAll('"', `"${secret}`)),
          Buffer.from(bytes),
          Buffer.from(secret),
        ]) {
          for (const headers of [json, { ...json, accept: secret + accept }, { "content-type": secret + type }]) {
            const result = read(body, headers);
            if (!isRequestFault(result)) continue;
            expect(answerErrors).toHaveProperty(result.code);
            expect(JSON.stringify(result)).not.toContain(secret);
          }
        }
      }),
    );
  });
});

describe("choosing the media type of the answer", () => {
  const [plain, modern] = ["application/json", "application/graphql-response+json"];
  it.each([
    [null, plain],
    ["", plain],
    ["*/*", plain],
    ["application/*", plain],
    [plain, plain],
    [modern, modern],
    [`${modern}; charset=utf-8, ${plain}; charset=utf-8`, modern],
    [`${plain}, ${modern}`, plain],
    [`${modern};q=0.5, ${plain};q=0.9`, plain],
    [`${modern}, */*;q=0.1`, modern],
    [`${plain};q=0, */*`, modern],
    ["text/html, */*;q=0.8", plain],
    ["text/html", null],
    ["application/json; charset=latin1", null],
    ["application/json; q=2", null],
    [";;;,,,", null],
  ])("answers Accept %j in %s", (accept, type) => {
    expect(chooseMediaType(accept)).toBe(type);
  });
});
