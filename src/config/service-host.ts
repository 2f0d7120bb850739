// Which machines a source may be on. A gateway's own machine and the cloud's metadata service trust whoever asks them:
// an address in a file must not make the gateway their client by accident.
import { BlockList, isIP } from "node:net";
import * as z from "zod";
import { isRecord } from "./shapes.js";

/** Hands out a machine's credentials to whoever asks from it: never a source. */
const metadataNames = /^(metadata|metadata\.google\.internal|instance-data(\.ec2\.internal)?|metadata\.goog)$/;
const metadata = new BlockList();
// Link-local, with 169.254.169.254 and 169.254.170.2 (AWS, Google, Azure, OpenStack, ECS) in it.
metadata.addSubnet("169.254.0.0", 16, "ipv4");
metadata.addSubnet("fe80::", 10, "ipv6");
metadata.addAddress("fd00:ec2::254", "ipv6");
metadata.addAddress("fd20:ce::254", "ipv6");
for (const address of ["168.63.129.16", "100.100.100.200", "192.0.0.192"]) metadata.addAddress(address, "ipv4");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
// 0.0.0.0 leads to this machine as well.
loopback.addSubnet("0.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
loopback.addAddress("::", "ipv6");

/** What is wrong with the machine of an address, null where nothing is or where the address is none. */
export function hostFault(address: string, allowLoopback: boolean): string | null {
  const written = URL.parse(address)?.hostname.toLowerCase() ?? "";
  // URL has brought every way of writing an IPv4 address (0x7f.1, 2130706433) into the one form.
  const host = plainAddress(written.replace(/^\[|\]$/g, "").replace(/\.$/, ""));
  const family = isIP(host) === 6 ? "ipv6" : "ipv4";
  if (metadataNames.test(host) || (isIP(host) !== 0 && metadata.check(host, family)))
    return "is a link-local address or a cloud's metadata service, which is never a source";
  const own = /^(localhost|.*\.localhost|ip6-localhost|ip6-loopback)$/.test(host);
  if (allowLoopback || !(own || (isIP(host) !== 0 && loopback.check(host, family)))) return null;
  return "is the gateway's own machine: write allowLoopback: true beside it where the service really is there";
}

/** `::ffff:7f00:1` and `64:ff9b::7f00:1` are 127.0.0.1 in other clothes. */
function plainAddress(host: string): string {
  const [, high = "", low = ""] =
    /^(?:(?:0*:)*:?ffff:(?:0*:)?|64:ff9b::|::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? [];
  if (high === "" || isIP(host) !== 6) return host;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join(".");
}

export const allowLoopback = z
  .boolean()
  .default(false)
  .describe("The service may be on the gateway's own machine. Default: false.");

/** A check across a source's keys (with `alwaysWhen(isRecord)`): the addresses at `paths` stand on machines that may be asked. */
export function checkHosts(value: unknown, issues: z.core.$RefinementCtx, ...paths: readonly string[][]): void {
  const allowed = isRecord(value) && value["allowLoopback"] === true;
  for (const path of paths) {
    const address = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), value);
    const message = typeof address === "string" ? hostFault(address, allowed) : null;
    if (message !== null) issues.addIssue({ code: "custom", path, message });
  }
}
