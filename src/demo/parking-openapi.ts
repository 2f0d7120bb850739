// What the car parks' service says of itself (OpenAPI 3.1).

const nullable = (type: string, more: object = {}) => ({ type: [type, "null"], ...more });

const carPark = {
  type: "object",
  description: "A public car park (parc de stationnement).",
  required: ["code", "name", "district", "kind", "places", "open24h", "location"],
  properties: {
    code: { type: "string", description: "The operator's code.", examples: ["P01"] },
    name: { type: "string", description: "As signposted." },
    district: { type: "integer", format: "int32", description: "Number of the town's district." },
    kind: { type: "string", enum: ["surface", "underground", "multi-storey", "park-and-ride"] },
    places: {
      type: "object",
      required: ["total", "free", "disabled"],
      properties: {
        total: { type: "integer", format: "int32" },
        free: nullable("integer", { format: "int32", description: "At the last count; null where it is silent." }),
        disabled: { type: "integer", format: "int32", description: "Reserved for people with a disability." },
      },
    },
    chargingPoints: { type: "integer", format: "int32", description: "For electric cars." },
    hourlyPrice: { type: "number", format: "double", description: "Euros for the first hour." },
    maxHeight: nullable("number", { format: "double", description: "Metres." }),
    open24h: { type: "boolean" },
    location: {
      type: "object",
      required: ["lat", "lon"],
      properties: { lat: { type: "number" }, lon: { type: "number" } },
    },
    countedAt: nullable("string", { format: "date-time" }),
  },
};

const param = (name: string, description: string, schema: object, more: object = {}) => ({
  name,
  in: "query",
  description,
  schema,
  ...more,
});

const list = (most: number) => ({
  operationId: "listCarParks",
  summary: "Car parks, page after page",
  parameters: [
    param(
      "district",
      "Only those of these districts.",
      { type: "array", items: { type: "integer" } },
      { style: "form", explode: false },
    ),
    param(
      "code",
      "Only those with these codes.",
      { type: "array", items: { type: "string" } },
      { style: "form", explode: false },
    ),
    param("page", "From 1.", { type: "integer", minimum: 1, default: 1 }),
    param("size", "Car parks of one page.", { type: "integer", minimum: 1, maximum: most, default: most }),
  ],
  responses: {
    200: {
      description: "A page. With an ETag, which If-None-Match may name.",
      content: { "application/json": { schema: { $ref: "#/components/schemas/CarParkPage" } } },
    },
    400: { description: "page or size is no number." },
  },
});

const one = {
  operationId: "getCarPark",
  summary: "One car park",
  parameters: [{ name: "code", in: "path", required: true, schema: { type: "string" } }],
  responses: {
    200: {
      description: "The car park.",
      content: { "application/json": { schema: { $ref: "#/components/schemas/CarPark" } } },
    },
    404: { description: "There is none with that code." },
  },
};

/** `most`: car parks of one page, at most. */
export const parkingDocument = (most: number) => ({
  openapi: "3.1.0",
  info: { title: "Stationnement de Rivemont", version: "1.0.0", description: "Car parks and their free places." },
  paths: { "/car-parks": { get: list(most) }, "/car-parks/{code}": { get: one } },
  components: {
    schemas: {
      CarPark: carPark,
      CarParkPage: {
        type: "object",
        required: ["items", "page", "size", "total"],
        properties: {
          items: { type: "array", items: { $ref: "#/components/schemas/CarPark" } },
          page: { type: "integer" },
          size: { type: "integer" },
          total: { type: "integer", description: "Car parks of all pages." },
        },
      },
    },
  },
});
