import { describe, expect, it } from "vitest";
import { pageHeaders } from "../../../src/web/citizen/headers.js";

describe("the headers of a page", () => {
  it("allow our own style and forms to us and to the sign-in alone", () => {
    expect(pageHeaders(["https://connect.example"], true)).toMatchObject({
      "content-security-policy":
        "default-src 'none'; style-src 'self'; form-action 'self' https://connect.example; frame-ancestors 'none'; base-uri 'none'",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=31536000",
    });
  });

  it("promise https only where there is https", () => {
    expect(pageHeaders([], false)).not.toHaveProperty("strict-transport-security");
  });
});
