// `passerelle schema`: the API schema, whole or as one application's agreement sees it.
import { printSchema, type GraphQLSchema } from "graphql";
import type { Command } from "commander";
import { pruneApiSchema, type Catalogue } from "../catalogue/index.js";
import { accessViewOf } from "../gateway/index.js";
import { agreedFields, openFields, type Agreement, type Standing } from "../identity/index.js";
import { openData } from "../policy/index.js";
import { nearest, type ApplicationName, type PurposeName } from "../terms/index.js";
import { refuse } from "./failure.js";
import { asName, tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { currentCatalogue, noneInForce, versionInForce } from "./versions.js";
import { wholeSchema } from "./whole-schema.js";

interface SchemaOptions extends TenantOption {
  readonly app?: string;
  readonly purpose?: string;
}

export function addSchemaCommand(program: Command, context: CommandContext): void {
  program
    .command("schema")
    .description("print the API schema, whole or as one application sees it")
    .option("--app <name>", "as this application sees it; open-data for requests without a key")
    .option("--purpose <name>", "where the application has several agreements")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle schema --app cantine-plus > cantine-plus.graphql")
    .action((options: SchemaOptions) => inTown(context, options.tenant, (session) => schema(session, options)));
}

async function schema(session: Session, { app, purpose }: SchemaOptions): Promise<void> {
  const { terminal } = session;
  if (app === undefined && purpose !== undefined) throw refuse("--purpose goes with --app: say whose agreement it is.");
  const names = { app, purpose };
  await session.record(
    "schema",
    Object.fromEntries(
      Object.entries(names).flatMap(([name, value]) => (value === undefined ? [] : [[name, asName(value)]])),
    ),
  );
  const seen =
    app === undefined
      ? await wholeSchema(session, await currentCatalogue(session))
      : await seenBy(session, app, purpose);
  terminal.out(printSchema(seen));
}

async function seenBy(session: Session, app: string, purpose: string | undefined): Promise<GraphQLSchema> {
  const version = await versionInForce(session);
  if (version === null) throw noneInForce();
  const { catalogue } = version;
  const { ref, snapshot, standing } =
    app === openData ? openAgreement(session, catalogue) : await signedAgreement(session, app, purpose);
  if (!standing.inForce)
    session.terminal.err(`${ref} is not in force (${standing.why}, ${standing.date}): its requests get 403.`, "yellow");
  const [application, itsPurpose] = ref.split("/") as [ApplicationName, PurposeName];
  const grant = version.grant({
    agreement: ref,
    application,
    purpose: itsPurpose,
    fields: agreedFields(snapshot, catalogue),
  });
  // As with a citizen signed in: what can be asked at all.
  const view = accessViewOf(grant, catalogue, { basis: snapshot.basis, units: snapshot.units, citizen: true });
  return pruneApiSchema(await wholeSchema(session, catalogue), catalogue, view);
}

interface SeenAgreement {
  readonly ref: Agreement["ref"];
  readonly snapshot: Agreement["snapshot"];
  readonly standing: Standing;
}

function openAgreement({ town, tenant }: Session, catalogue: Catalogue): SeenAgreement {
  const { agreement, standing } = town.identity.openData(tenant.name, openFields(catalogue));
  return { ref: agreement.ref, snapshot: agreement.snapshot, standing };
}

/** @throws CommandFailure where it is not exactly one */
async function signedAgreement(
  { town, tenant }: Session,
  app: string,
  purpose: string | undefined,
): Promise<SeenAgreement> {
  const all = await town.registry.listAgreements(tenant.name);
  const approved = all.filter((one) => one.approved !== null);
  const of = approved.filter((one) => one.application === app);
  const named = purpose === undefined ? of : of.filter((one) => one.purpose === purpose);
  const [only, another] = named;
  if (another !== undefined)
    throw refuse(`${app} has several agreements: add --purpose (${of.map((one) => one.purpose).join(", ")}).`);
  if (only?.approved && only.standing)
    return { ref: only.ref, snapshot: only.approved.snapshot, standing: only.standing };
  if (of.length > 0)
    throw refuse(
      `${app} has no approved agreement for this purpose, but for: ${of.map((one) => one.purpose).join(", ")}.`,
    );
  const meant = nearest(app, [...approved.map((one) => one.application), openData]);
  throw refuse(
    `No approved agreement of an application "${app}"${meant === undefined ? "" : ` (did you mean "${meant}"?)`}. See: npx passerelle agreement list`,
  );
}
