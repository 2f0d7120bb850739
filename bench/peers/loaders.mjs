import DataLoader from "dataloader";
import { accountsOfHouseholds, bikeStationsOfDistricts, carParksOfDistricts, householdsByNumber } from "./services.mjs";

/** Rows by the number that they belong to, in the order of the numbers asked for. */
function manyOf(fetchRows, ownerOf) {
  return new DataLoader(async (numbers) => {
    const rows = Map.groupBy(await fetchRows(numbers), ownerOf);
    return numbers.map((number) => rows.get(number) ?? []);
  });
}

/** New for each request, as DataLoader's documentation asks. */
export function contextFor(services) {
  return {
    services,
    households: new DataLoader(async (numbers) => {
      const rows = new Map((await householdsByNumber(services, numbers)).map((row) => [row.number, row]));
      return numbers.map((number) => rows.get(number) ?? null);
    }),
    accounts: manyOf(
      (numbers) => accountsOfHouseholds(services, numbers),
      (row) => row.householdNumber,
    ),
    carParks: manyOf(
      (numbers) => carParksOfDistricts(services, numbers),
      (row) => row.district,
    ),
    bikeStations: manyOf(
      (numbers) => bikeStationsOfDistricts(services, numbers),
      (row) => row.district,
    ),
  };
}
