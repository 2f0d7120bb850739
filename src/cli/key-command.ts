// `passerelle key`: credentials of agreements. A key is shown once, where it is made, and nowhere again.
import type { Command } from "commander";
import { localDay, localTime } from "./moments.js";
import { asKeyId, asName, tenantOption, type TenantOption } from "./options.js";
import { inTown, type CommandContext, type Session } from "./session.js";
import { tableLines } from "./table.js";

interface CreateOptions extends TenantOption {
  readonly label?: string;
}

export function addKeyCommand(program: Command, context: CommandContext): void {
  const key = program.command("key").description("keys: create, list, revoke");
  key
    .command("create <ref>")
    .description("make a key of an approved agreement; it is shown this once")
    .option("--label <text>", "what it is for; the day unless given")
    .option(...tenantOption)
    .addHelpText(
      "after",
      '\nExample:\n  $ npx passerelle key create cantine-plus/school-meals --label "production 2026"',
    )
    .action((ref: string, options: CreateOptions) =>
      inTown(context, options.tenant, (session) => create(session, ref, options.label)),
    );
  key
    .command("list [ref]")
    .description("keys by their public part, of all agreements or of one")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle key list cantine-plus/school-meals")
    .action((ref: string | undefined, options: TenantOption) =>
      inTown(context, options.tenant, (session) => list(session, ref)),
    );
  key
    .command("revoke <id>")
    .description("end a key: its public part, or the whole key as it was found somewhere")
    .option(...tenantOption)
    .addHelpText("after", "\nExample:\n  $ npx passerelle key revoke 8fK2mQ0vTz4L")
    .action((id: string, options: TenantOption) => inTown(context, options.tenant, (session) => revoke(session, id)));
}

async function create(session: Session, ref: string, label: string | undefined): Promise<void> {
  const { context, terminal, town, tenant } = session;
  await session.record("key create", { agreement: asName(ref) });
  const made = await town.registry.createKey(tenant.name, ref, label ?? localDay(context.now(), tenant.timeZone));
  // First of all: should anything fail from here on, the key would be lost.
  terminal.out(`Key ${made.publicId} of ${made.agreement} (${made.label}), shown this once and kept nowhere:`);
  terminal.out(`\n  ${made.key}\n`, "bold");
  const { standing, approved } = await town.registry.showAgreement(tenant.name, ref);
  if (standing?.inForce === false && approved !== null)
    terminal.out(
      `The agreement is not in force (${standing.why}, ${standing.date}): until it is, the key gets 403.`,
      "yellow",
    );
  else terminal.out("It counts at the next request. To see what it may ask for:");
  terminal.out(`\n${curl(session, made.key)}\n`);
  terminal.out(
    "That is the address the gateway listens on by gateway.yaml, HOST and PORT as they are set here; write another where it was started with others.",
    "dim",
  );
  terminal.out(`To end it: npx passerelle key revoke ${made.publicId}`, "dim");
}

/** Introspection is pruned to the agreement: the first answer is the list of what may be asked. */
function curl({ town, tenant }: Session, key: string): string {
  const { listen, tenants } = town.settings;
  const everywhere = ["0.0.0.0", "::", ""].includes(listen.host);
  const host = everywhere ? "localhost" : listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  const path = tenants.size === 1 ? "/graphql" : `/${tenant.name}/graphql`;
  return [
    `curl -s http://${host}:${listen.port === 0 ? "PORT" : listen.port}${path} \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '{"query":"{ __schema { queryType { fields { name } } } }"}'`,
  ].join("\n");
}

async function list(session: Session, ref: string | undefined): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("key list", ref === undefined ? {} : { agreement: asName(ref) });
  const keys = await town.registry.listKeys(tenant.name, ref);
  if (keys.length === 0) {
    terminal.out("No key yet. Make one with: npx passerelle key create APPLICATION/PURPOSE");
    return;
  }
  const time = (at: Date): string => localTime(at, tenant.timeZone).slice(0, 16);
  const rows = keys.map(({ publicId, agreement, label, createdAt, revokedAt }) => [
    publicId,
    agreement,
    label,
    time(createdAt),
    revokedAt === null ? "valid" : `revoked ${time(revokedAt)}`,
  ]);
  const columns = [
    { title: "key" },
    { title: "agreement" },
    { title: "label", max: 20 },
    { title: "made" },
    { title: "state" },
  ];
  tableLines(columns, rows).forEach((line, at) => terminal.out(line, at === 0 ? "bold" : "plain"));
}

async function revoke(session: Session, id: string): Promise<void> {
  const { terminal, town, tenant } = session;
  await session.record("key revoke", { key: asKeyId(id) });
  const revoked = await town.registry.revokeKey(tenant.name, id);
  terminal.out(`Key ${revoked.publicId} of ${revoked.agreement} is revoked: the next request with it gets 401.`);
}
