// What Rivemont's context broker knows: street lights and air quality, in the shapes of the Smart Data Models programme,
// normalized. The same on every machine.
import { Chance, dayNumber, dayText } from "./random.js";
import { districts } from "./town.js";

export interface Entity {
  readonly id: string;
  readonly type: string;
  readonly [attribute: string]: unknown;
}

const property = (value: unknown) => ({ type: "Property", value });
const relationship = (object: string) => ({ type: "Relationship", object });
const instant = (text: string) => property({ "@type": "DateTime", "@value": text });
const number = (value: number, digits: number) => String(value).padStart(digits, "0");

const lightsPerDistrict = 30;
const airStations = 12;

function point(chance: Chance) {
  const coordinates = [3.27 + chance.next() * 0.09, 48.21 + chance.next() * 0.06].map((one) => Number(one.toFixed(5)));
  return { type: "GeoProperty", value: { type: "Point", coordinates } };
}

function streetlight(chance: Chance, district: number, place: number): Entity {
  const isBroken = chance.in(0.03);
  const changed = dayText(dayNumber("2026-11-01") - chance.between(30, 3_000));
  const group = `${number(district, 2)}-${String((place % 3) + 1)}`;
  return {
    id: `urn:ngsi-ld:Streetlight:rivemont:${number(district, 2)}-${number(place + 1, 3)}`,
    type: "Streetlight",
    district: property(district),
    status: property(isBroken ? "defectiveLamp" : "ok"),
    powerState: property(isBroken || chance.in(0.2) ? "off" : "on"),
    lanternHeight: property(chance.pick([4, 6, 8, 10])),
    powerConsumption: property(chance.between(200, 900) / 10),
    locationCategory: property(chance.pick(["sidewalk", "pedestrianPath", "parking", "centralIsland"])),
    location: point(chance),
    refStreetlightGroup: relationship(`urn:ngsi-ld:StreetlightGroup:rivemont:${group}`),
    // Nobody wrote down when the oldest lamps were changed.
    ...(chance.in(0.15) ? {} : { dateLastLampChange: instant(`${changed}T00:00:00Z`) }),
  };
}

function airQuality(chance: Chance, place: number): Entity {
  const { id: district, name } = districts[place % districts.length] ?? { id: 1, name: "Centre-Ville" };
  const no2 = chance.between(8, 60);
  return {
    id: `urn:ngsi-ld:AirQualityObserved:rivemont:${number(place + 1, 2)}`,
    type: "AirQualityObserved",
    stationName: property(name),
    district: property(district),
    dateObserved: instant("2026-11-22T08:00:00Z"),
    no2: { ...property(no2), unitCode: "GQ", observedAt: "2026-11-22T08:00:00Z" },
    pm10: { ...property(chance.between(50, 400) / 10), unitCode: "GQ", observedAt: "2026-11-22T08:00:00Z" },
    // Two stations have no ozone sensor.
    ...(place % 6 === 5 ? {} : { o3: { ...property(chance.between(20, 90)), unitCode: "GQ" } }),
    airQualityLevel: property(no2 > 45 ? "moderate" : "good"),
    temperature: property(chance.between(20, 110) / 10),
    location: point(chance),
    refDevice: relationship(`urn:ngsi-ld:Device:rivemont:air-${number(place + 1, 2)}`),
  };
}

export function rivemontEntities(): readonly Entity[] {
  const chance = new Chance(1883);
  const lights = districts.flatMap(({ id }) =>
    Array.from({ length: lightsPerDistrict }, (_, place) => streetlight(chance, id, place)),
  );
  return [...lights, ...Array.from({ length: airStations }, (_, place) => airQuality(chance, place))];
}
