// The operator of the car parks: JSON over HTTP, 200 of them, a list that takes `?district=1,2,3`. The same on every machine.
import { createServer } from "node:http";
import { countRequests, keptAnswers, listen } from "./service.mjs";

const districts = 20;
const carParks = Array.from({ length: 200 }, (_, i) => {
  const total = 20 + ((i * 37) % 400);
  return {
    code: `P${String(i + 1).padStart(3, "0")}`,
    name: `Parking de la Rue Haute nº ${String(i + 1)}`,
    district: 1 + (i % districts),
    places: { total, free: i % 17 === 0 ? null : (i * 53) % total, disabled: Math.ceil(total / 50) },
    hourlyPrice: i % 4 === 0 ? 0 : (8 + (i % 12)) / 10,
    open24h: i % 3 === 0,
  };
});

const among = (text) => (value) => text === null || text.split(",").includes(String(value));

const answerTo = keptAnswers((target) => {
  const { pathname, searchParams } = new URL(target, "http://parking");
  const one = /^\/car-parks\/([^/]+)$/.exec(pathname)?.[1];
  if (one !== undefined) return carParks.find(({ code }) => code === one) ?? null;
  if (pathname !== "/car-parks") return null;
  const [district, code] = [among(searchParams.get("district")), among(searchParams.get("code"))];
  const items = carParks.filter((carPark) => district(carPark.district) && code(carPark.code));
  return { items, total: items.length };
});

const counted = countRequests();
await listen(
  createServer(async (request, response) => {
    if (counted.tell(request, response)) return;
    const text = await answerTo(request.url);
    response.writeHead(text === "null" ? 404 : 200, { "content-type": "application/json" }).end(text);
  }),
);
