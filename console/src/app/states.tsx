// What a page shows when it has nothing to show: it waits, it failed, there is nothing, one may not.
import { Alert, Button, Group, List, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconInbox, IconLock } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { appTexts } from "./app-texts.js";
import { useFormat } from "./format.js";
import { Fault, type FaultCode, type Holder } from "./gateway.js";
import { useTexts } from "./language.js";
import { Page } from "./page.js";
import { useTown, type Right, type Role } from "./town.js";

export function Loading({ label }: { readonly label?: string }) {
  const t = useTexts(appTexts);
  return (
    <Group gap="sm" py="xl" role="status">
      <Loader size="sm" aria-hidden />
      <Text c="dimmed">{label ?? t("loading")}</Text>
    </Group>
  );
}

/** Nothing is there, and why that is so, or what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="xs" ta="center">
        <IconInbox size={32} stroke={1.4} aria-hidden />
        <Text fw={600}>{title}</Text>
        {children === undefined ? null : (
          <Text c="dimmed" maw="36rem" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

const told = {
  UNREACHABLE: "errorUnreachable",
  ACCESS_LOG_UNAVAILABLE: "errorRecord",
  BAD_USER_INPUT: "errorInput",
  LIMIT_EXCEEDED: "errorInput",
  TOO_MANY: "errorTooMany",
  NOT_AVAILABLE: "errorNotAvailable",
} as const satisfies Partial<Record<FaultCode, string>>;

export function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const t = useTexts(appTexts);
  const code = error instanceof Fault ? error.code : "UNKNOWN";
  if (error instanceof Fault && code === "FORBIDDEN")
    return <NoRight right={error.right} holders={error.holders} tried />;
  return (
    <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} title={t("errorTitle")} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text>{t(code in told ? told[code as keyof typeof told] : "errorUnknown")}</Text>
        {onRetry === undefined ? null : (
          <Button variant="default" size="xs" onClick={onRetry}>
            {t("retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

const rights: ReadonlySet<string> = new Set<Right>([
  "EXPORT_LOG",
  "FIND_PEOPLE",
  "PROPOSE_POLICY",
  "READ_AGREEMENTS",
  "READ_LOG",
  "READ_REGISTER",
]);
const known: readonly string[] = ["ADMIN", "CDO", "DPO", "STEWARD"] satisfies Role[];
const isRole = (text: string): text is Role => known.includes(text);

/**
 * @param tried the gateway was asked and refused, which is on the record; otherwise the console knew before
 */
function NoRight(props: {
  readonly right: string | null;
  /** Who has it. */
  readonly holders?: readonly Holder[];
  readonly tried?: boolean;
}) {
  const t = useTexts(appTexts);
  const format = useFormat();
  const { right, holders = [], tried = false } = props;
  const named = right !== null && rights.has(right) ? t(`right_${right as Right}`) : (right ?? "");
  return (
    <Paper withBorder p="xl">
      <Stack gap="sm" align="flex-start">
        <Group gap="sm" wrap="nowrap">
          <IconLock size={28} stroke={1.4} aria-hidden />
          <Title order={2} size="h3">
            {t("noRightTitle")}
          </Title>
        </Group>
        <Text>{t(tried ? "noRight" : "noRightAhead", { right: named })}</Text>
        {holders.length === 0 ? null : (
          <div>
            <Text>{t("noRightHolders")}</Text>
            <List>
              {holders.map(({ role, people }) => (
                <List.Item key={role}>
                  {isRole(role) ? t(`role_${role}`) : role}
                  {people.length === 0 ? "" : ` (${format.list(people)})`}
                </List.Item>
              ))}
            </List>
          </div>
        )}
        <Text>{t(holders.length === 0 ? "noRightAskAdmin" : "noRightAsk")}</Text>
      </Stack>
    </Paper>
  );
}

/**
 * Shows its children only to who has the right; the gateway decides all the same.
 * @param page where the whole page needs it: its name in the menu, as the heading above the closed door
 */
export function Needs(props: {
  readonly right: Right;
  readonly page?: "accesses" | "people";
  readonly children: ReactNode;
}) {
  const t = useTexts(appTexts);
  const { right, page, children } = props;
  const { rights: mine } = useTown();
  if (mine.includes(right)) return children;
  if (page === undefined) return <NoRight right={right} />;
  return (
    <Page title={t(page)}>
      <NoRight right={right} />
    </Page>
  );
}

/** The three ends of a question in one place: waits, failed, answered. */
export function Answer<Data>(props: {
  readonly of: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
  readonly loading?: string;
}) {
  const { of, children, loading } = props;
  if (of.data !== undefined) return children(of.data);
  if (of.isError) return <Failed error={of.error} onRetry={() => void of.refetch()} />;
  return <Loading {...(loading === undefined ? {} : { label: loading })} />;
}
