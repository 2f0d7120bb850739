// The console's addresses. A page is loaded when it is first gone to; what stands behind `?` is checked here.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Frame } from "./frame.js";
import { FailedOutside, NoTown, NotFound } from "./outside.js";
import { backTo, chosen, text } from "./search-params.js";
import { Loading } from "./states.js";
import { meQuery, sessionQuery } from "./town.js";

interface Context {
  readonly queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async ({ context }) => {
    const state = await context.queries.query({ ...sessionQuery, staleTime: "static" });
    const [first] = state.signedIn ? state.session.towns : [];
    if (!state.signedIn) throw redirect({ to: "/sign-in" });
    if (first !== undefined) throw redirect({ to: "/$town", params: { town: first.name } });
  },
  component: NoTown,
});

/** As the gateway tells them when the provider led back without success. */
const signInFaults = ["cancelled", "refused", "email", "unknown-person", "unavailable", "too-many"] as const;
type SignInFault = (typeof signInFaults)[number];

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>) =>
    chosen<{ back: string; fault: "link" | "provider"; why: SignInFault }>({
      back: backTo(search["back"]),
      fault: search["fault"] === "link" || search["fault"] === "provider" ? search["fault"] : undefined,
      why: signInFaults.find((each) => each === search["why"]),
    }),
  component: lazyRouteComponent(() => import("../pages/sign-in/page.js"), "SignInPage"),
});

const town = createRoute({
  getParentRoute: () => root,
  path: "/$town",
  beforeLoad: async ({ context, location }) => {
    const state = await context.queries.query({ ...sessionQuery, staleTime: "static" });
    if (!state.signedIn) throw redirect({ to: "/sign-in", search: { back: `/console${location.href}` } });
    await context.queries.query({ ...meQuery, staleTime: "static" });
  },
  component: TownOrNot,
});

function TownOrNot() {
  const { town: name } = town.useParams();
  const { queries } = town.useRouteContext();
  const mine = queries.getQueryData(meQuery.queryKey)?.towns.some((each) => each.name === name) ?? false;
  return mine ? <Frame /> : <NoTown />;
}

const overview = createRoute({
  getParentRoute: () => town,
  path: "/",
  validateSearch: (search: Record<string, unknown>) => {
    const day = text(search["day"]);
    return chosen<{ day: string }>({ day: day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : undefined });
  },
  beforeLoad: ({ context, params }) => {
    // Nobody's first page is a closed door.
    const mine = context.queries.getQueryData(meQuery.queryKey)?.towns.find(({ name }) => name === params.town);
    if (mine === undefined || mine.rights.includes("READ_LOG")) return;
    throw redirect({ to: mine.rights.includes("READ_AGREEMENTS") ? "/$town/agreements" : "/$town/record", params });
  },
  component: lazyRouteComponent(() => import("../pages/overview/page.js"), "OverviewPage"),
});

const accesses = createRoute({
  getParentRoute: () => town,
  path: "/accesses",
  validateSearch: (search: Record<string, unknown>) => chosen<{ q: string }>({ q: text(search["q"]) }),
  component: lazyRouteComponent(() => import("../pages/accesses/page.js"), "AccessesPage"),
});

const access = createRoute({
  getParentRoute: () => town,
  path: "/accesses/$id",
  // The search that it was opened from.
  validateSearch: (search: Record<string, unknown>) => chosen<{ q: string }>({ q: text(search["q"]) }),
  component: lazyRouteComponent(() => import("../pages/access/page.js"), "AccessPage"),
});

const people = createRoute({
  getParentRoute: () => town,
  path: "/people",
  // A token, as the gateway gave it: neither a name nor a number.
  validateSearch: (search: Record<string, unknown>) => {
    const person = text(search["person"]);
    return chosen<{ person: string }>({
      person: person !== undefined && /^[\w-]+~[\w-]+$/.test(person) ? person : undefined,
    });
  },
  component: lazyRouteComponent(() => import("../pages/people/page.js"), "PeoplePage"),
});

const agreements = createRoute({
  getParentRoute: () => town,
  path: "/agreements",
  validateSearch: (search: Record<string, unknown>) => {
    const days = Number(search["days"]);
    return chosen<{ days: 30 | 90 | 180; agreement: string }>({
      days: days === 30 || days === 90 || days === 180 ? days : undefined,
      agreement: text(search["agreement"]),
    });
  },
  component: lazyRouteComponent(() => import("../pages/agreements/page.js"), "AgreementsPage"),
});

const register = createRoute({
  getParentRoute: () => town,
  path: "/register",
  validateSearch: (search: Record<string, unknown>) =>
    chosen<{ activity: string }>({ activity: text(search["activity"]) }),
  component: lazyRouteComponent(() => import("../pages/register/page.js"), "RegisterPage"),
});

const record = createRoute({
  getParentRoute: () => town,
  path: "/record",
  component: lazyRouteComponent(() => import("../pages/record/page.js"), "RecordPage"),
});

const tree = root.addChildren([
  home,
  signIn,
  town.addChildren([overview, accesses, access, people, agreements, register, record]),
]);

export const createConsoleRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: tree,
    basepath: "/console",
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: () => <Loading />,
    defaultErrorComponent: ({ error }) => <FailedOutside error={error} />,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
