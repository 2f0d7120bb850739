// Law 14's other side: what an application registered must not make the gateway ask the town's own network.
import { describe, expect, it } from "vitest";
import { AddressRefused, isPublicAddress, judgeAddress } from "../../src/consent/webhook-address.js";

const reasonOf = async (url: string, addresses: readonly string[], loopbackAllowed = false): Promise<string> => {
  try {
    await judgeAddress(url, { loopbackAllowed, lookup: () => Promise.resolve(addresses) });
    return "taken";
  } catch (error) {
    if (error instanceof AddressRefused) return error.reason;
    throw error;
  }
};

describe("a webhook's address", () => {
  it.each([
    ["https://app.example/hook", ["93.184.215.14"], "taken"],
    ["https://app.example:8443/hook?a=1", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"], "taken"],
    ["https://app.example/hook", ["93.184.215.14", "10.0.0.5"], "not-public"],
    ["https://app.example/hook", [], "not-found"],
    ["http://app.example/hook", ["93.184.215.14"], "not-https"],
    ["https://user:secret@app.example/", ["93.184.215.14"], "not-an-address"],
    ["https://app.example/#here", ["93.184.215.14"], "not-an-address"],
    ["ftp://app.example/", ["93.184.215.14"], "not-an-address"],
    ["app.example", ["93.184.215.14"], "not-an-address"],
    ["https://127.0.0.1/", [], "not-public"],
    ["https://0x7f000001/", [], "not-public"],
    ["https://2130706433/", [], "not-public"],
    ["https://[::1]/", [], "not-public"],
    ["https://[::ffff:10.0.0.1]/", [], "not-public"],
    ["https://169.254.169.254/latest/meta-data", [], "not-public"],
  ])("%s at %j: %s", async (url, addresses, expected) => {
    expect(await reasonOf(url, addresses)).toBe(expected);
  });

  it("may be this machine's in development, and then nothing else inside", async () => {
    expect(await reasonOf("http://127.0.0.1:4001/", [], true)).toBe("taken");
    expect(await reasonOf("http://localhost:4001/", ["127.0.0.1", "::1"], true)).toBe("taken");
    expect(await reasonOf("http://localhost:4001/", ["127.0.0.1", "10.0.0.1"], true)).toBe("not-public");
    expect(await reasonOf("http://10.0.0.1/", [], true)).toBe("not-public");
    expect(await reasonOf("http://app.example/", ["93.184.215.14"], true)).toBe("not-https");
  });

  it("is asked at the address that was judged, whatever the name says a moment later", async () => {
    const answers = [["93.184.215.14"], ["10.0.0.5"]];
    const judged = await judgeAddress("https://app.example/", {
      loopbackAllowed: false,
      lookup: () => Promise.resolve(answers.shift() ?? []),
    });
    const given = await new Promise((resolve) =>
      judged.lookup("app.example", { all: true }, (_error, address) => resolve(address)),
    );
    expect(given).toEqual([{ address: "93.184.215.14", family: 4 }]);
  });

  it.each(["10.1.2.3", "100.64.0.1", "172.31.255.255", "192.168.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "::", "fe80::1", "fd00::1", "ff02::1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1", "::ffff:93.184.215.14", "not an address"])(
    "%s is not public",
    (address) => expect(isPublicAddress(address)).toBe(false),
  ); // prettier-ignore
});
