// The fixture's names as a service must write them: not every service can hold a column `at "quoted"`. A source behind
// other names, for tests only; names that are not listed go through as they are.
import type { Column, Filter, Source } from "../../src/sources/index.js";

export interface Names {
  readonly from: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, string>>;
  /** What the service describes beyond the fixture, left out. */
  readonly beyond?: readonly string[];
}

export function renamedColumn(names: Names, column: Column): Column {
  return { ...column, name: names.columns[column.name] ?? column.name };
}

export function renamedSource(source: Source, names: Names): Source {
  const from = (name: string) => names.from[name] ?? name;
  const column = (one: Column) => renamedColumn(names, one);
  const filter = (one: Filter): Filter => {
    if ("filters" in one) return { ...one, filters: one.filters.map(filter) };
    if ("filter" in one) return { ...one, filter: filter(one.filter) };
    return { ...one, column: column(one.column) };
  };
  const shared = <T extends { readonly from: string; readonly filter: Filter | null }>(request: T): T => ({
    ...request,
    from: from(request.from),
    filter: request.filter && filter(request.filter),
  });
  const ordered = <T extends Parameters<Source["page"]>[0] | Parameters<Source["byKeys"]>[0]>(request: T): T => ({
    ...shared(request),
    columns: request.columns.map(column),
    order: request.order.map((part) => ({ ...part, column: column(part.column) })),
  });
  return {
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    page: (request, bounds) => source.page(ordered(request), bounds),
    byKeys: (request, bounds) => source.byKeys({ ...ordered(request), match: request.match.map(column) }, bounds),
    count: (request, bounds) => source.count(shared(request), bounds),
    async describe(name, bounds) {
      const described = await source.describe(from(name), bounds);
      const back = new Map(Object.entries(names.columns).map(([ours, theirs]) => [theirs, ours]));
      return (
        described &&
        new Map(
          [...described]
            .filter(([theirs]) => !names.beyond?.includes(theirs))
            .map(([theirs, type]) => [back.get(theirs) ?? theirs, type]),
        )
      );
    },
    close: () => source.close(),
  };
}
