// The draws that operations and differences are made from.
import fc from "fast-check";

export const drawn = fc.array(fc.nat(65_535), { minLength: 80, maxLength: 400, size: "max" });
export const requests = (count: number): fc.Arbitrary<number[][]> =>
  fc.array(drawn, { minLength: count, maxLength: count });
