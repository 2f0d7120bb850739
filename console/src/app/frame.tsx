// What stands around every page of a town: head, navigation, the state of the record where it is not intact, the page.
import { AppShell, Badge, Burger, Button, Divider, Group, NativeSelect, ScrollArea, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconAddressBook,
  IconFileCertificate,
  IconLayoutDashboard,
  IconListSearch,
  IconScale,
  IconShieldCheck,
  type Icon,
} from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { appTexts } from "./app-texts.js";
import styles from "./frame.module.css";
import { speak, useLanguage, useTexts } from "./language.js";
import { LinkEntry } from "./links.js";
import { RecordNotice } from "./record-state.js";
import { languages } from "./texts.js";
import { meQuery, useTown, useTownNow, type Right } from "./town.js";
import { TownZone } from "./town-zone.js";
import { leave } from "./leave.js";

interface Entry {
  readonly to: "/$town" | `/$town/${"accesses" | "people" | "agreements" | "register" | "record"}`;
  readonly text: "overview" | "accesses" | "people" | "agreements" | "register" | "record";
  readonly icon: Icon;
  /** Without it the entry is not shown: nobody is sent to a closed door. */
  readonly right: Right | null;
}

/** The admin's and the builder's parts will stand below these. */
const entries: readonly Entry[] = [
  { to: "/$town", text: "overview", icon: IconLayoutDashboard, right: "READ_LOG" },
  { to: "/$town/accesses", text: "accesses", icon: IconListSearch, right: "READ_LOG" },
  { to: "/$town/people", text: "people", icon: IconAddressBook, right: "FIND_PEOPLE" },
  { to: "/$town/agreements", text: "agreements", icon: IconScale, right: "READ_AGREEMENTS" },
  { to: "/$town/register", text: "register", icon: IconFileCertificate, right: "READ_REGISTER" },
  { to: "/$town/record", text: "record", icon: IconShieldCheck, right: null },
];

export function Frame() {
  const t = useTexts(appTexts);
  const [opened, { toggle, close }] = useDisclosure(false);
  const now = useTownNow();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(close, [path, close]);
  return (
    <TownZone value={now?.timeZone ?? "Europe/Paris"}>
      <a className={styles.skip} href="#content">
        {t("skip")}
      </a>
      <AppShell
        header={{ height: 60 }}
        navbar={{ width: 236, breakpoint: "sm", collapsed: { mobile: !opened } }}
        padding="md"
      >
        <AppShell.Header className={styles.header}>
          <Head opened={opened} toggle={toggle} />
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label={t("menu")}>
          <Navigation />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className={styles.main}>
          <Stack gap="md" className={styles.content}>
            <RecordNotice />
            <Outlet />
          </Stack>
        </AppShell.Main>
      </AppShell>
    </TownZone>
  );
}

function Head({ opened, toggle }: { readonly opened: boolean; readonly toggle: () => void }) {
  const t = useTexts(appTexts);
  const { displayName } = useTown();
  return (
    <div className={styles.bar}>
      <Burger
        className={styles.narrowOnly}
        opened={opened}
        onClick={toggle}
        size="sm"
        aria-label={t(opened ? "closeMenu" : "openMenu")}
        aria-expanded={opened}
      />
      <div className={styles.brand}>
        <span className={styles.brandTown}>{displayName}</span>
        <span className={styles.brandConsole}>Passerelle · {t("console")}</span>
      </div>
      <Group gap="sm" className={styles.wideOnly} wrap="nowrap">
        <TownSwitch />
        <LanguageSwitch />
        <Person />
      </Group>
    </div>
  );
}

function Navigation() {
  const t = useTexts(appTexts);
  const { name, rights } = useTown();
  const shown = entries.filter(({ right }) => right === null || rights.includes(right));
  return (
    <>
      <AppShell.Section grow component={ScrollArea}>
        {shown.map(({ to, text, icon: Picture }) => (
          <LinkEntry
            key={to}
            to={to}
            params={{ town: name }}
            activeOptions={{ exact: to === "/$town", includeSearch: false }}
            label={t(text)}
            leftSection={<Picture size={18} stroke={1.6} aria-hidden />}
          />
        ))}
      </AppShell.Section>
      <AppShell.Section className={styles.licences}>
        <a href="/console/licences.txt">{t("licences")}</a>
      </AppShell.Section>
      <AppShell.Section className={styles.narrowOnly}>
        <Divider my="sm" />
        <Stack gap="sm" p="xs">
          <TownSwitch />
          <LanguageSwitch />
          <Person />
        </Stack>
      </AppShell.Section>
    </>
  );
}

function TownSwitch() {
  const t = useTexts(appTexts);
  const { data } = useSuspenseQuery(meQuery);
  const { name } = useTown();
  const navigate = useNavigate();
  if (data.towns.length < 2) return null;
  return (
    <NativeSelect
      size="xs"
      aria-label={t("town")}
      value={name}
      data={data.towns.map((each) => ({ value: each.name, label: each.displayName }))}
      onChange={({ currentTarget }) => void navigate({ to: "/$town", params: { town: currentTarget.value } })}
    />
  );
}

const languageNames = { fr: "Français", en: "English" } as const;

export function LanguageSwitch() {
  const language = useLanguage();
  const other = languages.find((each) => each !== language) ?? "en";
  return (
    <Button variant="subtle" size="compact-sm" lang={other} onClick={() => void speak(other)}>
      {languageNames[other]}
    </Button>
  );
}

function Person() {
  const t = useTexts(appTexts);
  const { data } = useSuspenseQuery(meQuery);
  return (
    <>
      <Group gap={6} className={styles.who}>
        <Text size="sm" c="dimmed">
          {t("signedInAs", { name: data.name })}
        </Text>
        {data.demo ? (
          <Badge variant="light" color="warn" size="sm">
            {t("demo")}
          </Badge>
        ) : null}
      </Group>
      <Button variant="default" size="compact-sm" onClick={() => void leave()}>
        {t("signOut")}
      </Button>
    </>
  );
}
