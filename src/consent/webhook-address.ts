// Where a webhook may lead: to public addresses only, or it would carry requests of ours into the town's own network
// (server-side request forgery). The name is looked up for every message, every address it has is judged, and the
// connection goes to an address that was judged: a name that points elsewhere a moment later gains nothing.
import { lookup as systemLookup } from "node:dns/promises";
import { BlockList, isIP, type LookupFunction } from "node:net";

export type AddressRefusal =
  /** Not an address at all, or with a name and password in it, or a fragment. */
  | "not-an-address"
  /** https is needed; http is for loopback in development. */
  | "not-https"
  /** At least one address behind the name is not public. */
  | "not-public"
  | "not-found";

export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
  constructor(readonly reason: AddressRefusal) {
    super(`webhook address refused: ${reason}`);
  }
}

/** IANA special-purpose registries (RFC 6890), multicast and the rest that no host on the Internet has. */
const reserved = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12],
  ["192.0.0.0", 24], ["192.0.2.0", 24], ["192.31.196.0", 24], ["192.52.193.0", 24], ["192.88.99.0", 24],
  ["192.168.0.0", 16], ["192.175.48.0", 24], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24],
  ["224.0.0.0", 4], ["240.0.0.0", 4],
] as const) reserved.addSubnet(net, prefix, "ipv4"); // prettier-ignore
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");
for (const [net, prefix] of [
  ["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["2620:4f:8000::", 48], ["3fff::", 20],
] as const) reserved.addSubnet(net, prefix, "ipv6"); // prettier-ignore
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  // Of IPv6 what is not global unicast is somebody's inside, an IPv4 address in other clothes, or nothing.
  if (family === 6) return globalUnicast.check(address, "ipv6") && !reserved.check(address, "ipv6");
  return family === 4 && !reserved.check(address, "ipv4");
}

const isLoopback = (address: string): boolean => {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? "ipv6" : "ipv4");
};

export interface AddressRules {
  /** Development: this machine's own addresses may be told, by http too. */
  readonly loopbackAllowed: boolean;
  /** Every address of a name. The system's unless given. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
}

export interface JudgedAddress {
  readonly url: URL;
  /** For the request: gives the judged address, whatever the name says by then. */
  readonly lookup: LookupFunction;
}

/** @throws AddressRefused */
export async function judgeAddress(text: string, rules: AddressRules): Promise<JudgedAddress> {
  if (!URL.canParse(text)) throw new AddressRefused("not-an-address");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "" || !/^https?:$/.test(url.protocol))
    throw new AddressRefused("not-an-address");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await found(host, rules.lookup ?? everyAddress) : [host];
  const local = rules.loopbackAllowed && addresses.every(isLoopback);
  if (!local && !addresses.every(isPublicAddress)) throw new AddressRefused("not-public");
  if (url.protocol !== "https:" && !local) throw new AddressRefused("not-https");
  const [address = ""] = addresses;
  const family = isIP(address);
  return {
    url,
    lookup: (_host, options, done) =>
      options.all === true ? done(null, [{ address, family }]) : done(null, address, family),
  };
}

const everyAddress = async (host: string): Promise<readonly string[]> =>
  (await systemLookup(host, { all: true })).map(({ address }) => address);

async function found(host: string, lookup: (host: string) => Promise<readonly string[]>): Promise<readonly string[]> {
  const addresses = await lookup(host).catch(() => []);
  if (addresses.length === 0) throw new AddressRefused("not-found");
  return addresses;
}
