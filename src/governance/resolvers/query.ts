// The root: who is signed in, and one town.
import { Arg, Ctx, Query, Resolver } from "type-graphql";
import type { TenantName } from "../../terms/index.js";
import type { Role } from "../schema/enums.js";
import { Me } from "../schema/me.js";
import { Town } from "../schema/town.js";
import type { Visit } from "../visit.js";

@Resolver()
export class QueryResolver {
  @Query(() => Me, { description: "Who is signed in, and what they may do where." })
  me(@Ctx() { name, email, demo, towns, services }: Visit): Me {
    return {
      ...{ name, email, demo },
      towns: [...towns].map(([tenant, { roles, rights }]) => ({
        name: tenant,
        displayName: services.towns.get(tenant)?.displayName ?? tenant,
        roles: roles.map((role): Role => role.toUpperCase() as Role),
        rights: [...rights].toSorted(),
      })),
    };
  }

  /** A town in which they have no role and one that there is not are looked up alike, and are both null. */
  @Query(() => Town, { nullable: true, description: "One town; null where you have no role in it." })
  town(@Arg("name", () => String) name: string, @Ctx() { towns, services }: Visit): Town | null {
    const tenant = name as TenantName;
    return towns.has(tenant) ? (services.towns.get(tenant) ?? null) : null;
  }
}
