// Whose data a new type holds. Guessed towards more people rather than fewer: a subject in vain costs a line, one that
// is missing leaves a person's data out of what that person is told.
import { isNew, type TypeModel } from "./model.js";
import { isRegister } from "./propose-types.js";
import { singular, placeName, wordsOf } from "./words.js";

/** @param fresh types to be proposed, with their links */
export function addSubjects(fresh: readonly TypeModel[]): void {
  for (const type of fresh) {
    const [column] = type.key;
    if (column !== undefined && isRegister(type)) type.register = { scheme: schemeOf(type), column };
  }
  for (const type of fresh) {
    if (type.register !== null) continue;
    for (const { name, many, target, to } of type.links)
      if (!many && target !== type && target.register !== null && to.includes(target.register.column))
        if (isNew(target) || target.fields.has(target.register.column)) type.via.push(name);
  }
}

function schemeOf(type: TypeModel): string {
  const scheme = wordsOf(placeName(type.from)).map(singular).join("-");
  return /^[a-z]/.test(scheme) ? scheme : "person";
}
