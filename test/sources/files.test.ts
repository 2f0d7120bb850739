import { sourceConformance } from "./conformance.js";
import { filesService, frenchCsv, geoJson, jsonLines } from "./files-service.js";

sourceConformance("files (CSV in the French dialect)", (fixture) => filesService(fixture, frenchCsv));
sourceConformance("files (JSON Lines)", (fixture) => filesService(fixture, jsonLines), 40);
sourceConformance("files (GeoJSON)", (fixture) => filesService(fixture, geoJson), 40);
