// From a name in a rule to the line that says what it is.
import type { Location } from "vscode-languageserver/node";
import { matchedCoordinates } from "../../policy/index.js";
import type { FileFault } from "../../terms/index.js";
import { cellsAt, columnOf } from "./cells.js";
import { FaultRanges } from "./fault-ranges.js";
import { uriOf } from "./open-files.js";
import { settingsName, type TenantView } from "./town-view.js";

type Place = Pick<FileFault, "file" | "line" | "column" | "endColumn">;

/** @param texts of the files, as they were checked last */
export function definitions(
  view: TenantView,
  line: string,
  character: number,
  texts: ReadonlyMap<string, string>,
  folder: string,
): Location[] {
  const at = cellsAt(line, character);
  if (at === null) return [];
  return placesOf(columnOf(at), at.here.text, view).map((place) => ({
    uri: uriOf(folder, place.file),
    range: new FaultRanges(place.file, texts.get(place.file) ?? "").of(place),
  }));
}

function placesOf(column: ReturnType<typeof columnOf>, text: string, view: TenantView): Place[] {
  if (column === "field") return fieldPlaces(text, view);
  if (column === "purpose") {
    const purpose = view.outline.purposes.get(text);
    return purpose === undefined ? [] : [{ file: settingsName, ...purpose.place }];
  }
  if (column === "rows") {
    const ref = [...view.filters.values()].find(({ name }) => name === text)?.ref;
    return ref === undefined ? [] : [{ file: ref.file, line: ref.line, column: 1, endColumn: text.length + 1 }];
  }
  if (column !== "application" && column !== "group") return [];
  return view.memberships
    .filter(({ application, group }) => text === (text.startsWith("group:") ? group : application))
    .map(({ ref }) => ({ file: ref.file, line: ref.line, column: 1, endColumn: ref.text.length + 1 }));
}

/** Of a field group every field that is in it: `@group` on the field is the only place that says so. */
function fieldPlaces(text: string, { catalogue, outline }: TenantView): Place[] {
  if (catalogue === null || text === "*") return [];
  const names = text.endsWith(".*") ? [text.slice(0, -2)] : matchedCoordinates(text, catalogue);
  return names.flatMap((name) => {
    const place = catalogue.positions.get(name);
    const length = name.slice(name.indexOf(".") + 1).length;
    return place === undefined ? [] : [{ file: outline.schemaFile, ...place, endColumn: place.column + length }];
  });
}
