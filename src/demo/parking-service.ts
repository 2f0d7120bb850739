// Rivemont's car parks, as the operator's own program would serve them: JSON over HTTP, with an OpenAPI document. It knows
// nothing of the gateway.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parkingDocument } from "./parking-openapi.js";
import { Chance } from "./random.js";
import { districts } from "./town.js";

export interface ParkingService {
  /** `http://127.0.0.1:PORT`; the lists lie below it. */
  readonly url: string;
  /** How many have come. */
  readonly requests: number;
  close(): Promise<void>;
}

const carParksInTown = 60;
const mostPerPage = 100;

/** The same on every machine. */
function makeCarParks() {
  const chance = new Chance(4102);
  const kinds = ["surface", "surface", "surface", "underground", "multi-storey", "park-and-ride"] as const;
  return Array.from({ length: carParksInTown }, (_, i) => {
    const { id: district, name } = districts[i % districts.length] ?? { id: 1, name: "Centre-Ville" };
    const kind = chance.pick(kinds);
    const places = kind === "surface" ? chance.between(18, 120) : chance.between(120, 640);
    const silent = chance.in(0.05);
    const minute = String(chance.between(0, 59)).padStart(2, "0");
    return {
      code: `P${String(i + 1).padStart(2, "0")}`,
      name: `Parking ${name} ${String(Math.floor(i / districts.length) + 1)}`,
      district,
      kind,
      places: { total: places, free: silent ? null : chance.between(0, places), disabled: Math.ceil(places / 50) },
      chargingPoints: chance.in(0.4) ? chance.between(2, 24) : 0,
      hourlyPrice: kind === "park-and-ride" || chance.in(0.3) ? 0 : chance.between(8, 26) / 10,
      maxHeight: kind === "surface" ? null : chance.between(18, 22) / 10,
      open24h: chance.in(0.6),
      location: {
        lat: Number((48.21 + chance.next() * 0.06).toFixed(5)),
        lon: Number((3.27 + chance.next() * 0.09).toFixed(5)),
      },
      countedAt: silent ? null : `2026-11-22T09:${minute}:00+01:00`,
    };
  });
}

type CarPark = ReturnType<typeof makeCarParks>[number];

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const refusal = (status: number, title: string): Reply => ({ status, body: { status, title } });

function reply(carParks: readonly CarPark[], method: string, url: URL): Reply {
  if (method !== "GET" && method !== "HEAD") return refusal(405, "This service is read only.");
  if (url.pathname === "/openapi.json") return { status: 200, body: parkingDocument(mostPerPage) };
  if (url.pathname === "/car-parks") return listed(carParks, url.searchParams);
  const code = /^\/car-parks\/([^/]+)$/.exec(url.pathname)?.[1];
  const found = carParks.find((carPark) => carPark.code === code);
  return found === undefined ? refusal(404, "There is no such car park.") : { status: 200, body: found };
}

/** Values are parted by commas; an unknown one finds nothing. */
const among = (text: string | null) => (value: string | number) =>
  text === null || text.split(",").includes(String(value));

function listed(carParks: readonly CarPark[], query: URLSearchParams): Reply {
  const page = wholeNumber(query.get("page"), 1);
  const size = wholeNumber(query.get("size"), mostPerPage);
  if (page === null || size === null) return refusal(400, "page and size are whole numbers from 1.");
  const [district, code] = [among(query.get("district")), among(query.get("code"))];
  const kept = carParks.filter((carPark) => district(carPark.district) && code(carPark.code));
  const most = Math.min(size, mostPerPage);
  const items = kept.slice((page - 1) * most, page * most);
  return { status: 200, body: { items, page, size: most, total: kept.length } };
}

function wholeNumber(text: string | null, usual: number): number | null {
  if (text === null) return usual;
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null;
}

function send(request: IncomingMessage, response: ServerResponse, { status, body }: Reply): void {
  const text = JSON.stringify(body);
  const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  const headers = {
    "content-type": "application/json",
    ...(status === 200 ? { etag, "cache-control": "no-cache" } : {}),
  };
  if (status === 200 && request.headers["if-none-match"] === etag) response.writeHead(304, headers).end();
  else response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : text);
}

/** Listens on the loopback address, on a free port unless told. */
export async function startParking(port = 0): Promise<ParkingService> {
  const carParks = makeCarParks();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const url = URL.parse(request.url ?? "", "http://parking");
    const answer = url === null ? refusal(400, "no address") : reply(carParks, request.method ?? "GET", url);
    send(request, response, answer);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get requests() {
      return requests;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
