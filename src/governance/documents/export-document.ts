// One door to all papers. Whoever asks for one is on record before anything of it is read (law 4).
import type { EntryPlace } from "../../accesslog/index.js";
import type { StaffRight } from "../../policy/index.js";
import type { DocumentRequest, DocumentServices, ExportedDocument } from "./document.js";
import { exportPerson } from "./person-export.js";
import { exportRegister } from "./register-export.js";
import { exportSearch } from "./search-export.js";

/** What a role must open for each kind of paper. */
export const documentRights: Readonly<Record<DocumentRequest["kind"], StaffRight>> = {
  search: "EXPORT_LOG",
  person: "EXPORT_LOG",
  register: "READ_REGISTER",
};

/**
 * @param recorded the export's own entry, committed: with the canonical query as its filter and people as its subjects
 * @throws DocumentRefused, with a sentence for who asked; AccessLogUnavailable: then nothing leaves
 */
export async function exportDocument(
  request: DocumentRequest,
  services: DocumentServices,
  recorded: EntryPlace,
): Promise<ExportedDocument> {
  const town = services.towns.get(request.tenant);
  if (town === undefined) throw new RangeError("no such town");
  switch (request.kind) {
    case "search":
      return exportSearch(request, services, town, recorded);
    case "person":
      return exportPerson(request, services, town, recorded);
    case "register":
      return exportRegister(request, services, town);
  }
}
