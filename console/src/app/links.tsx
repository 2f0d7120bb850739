// Mantine's looks with the router's addresses, which the compiler checks.
import { Anchor, Button, NavLink } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

export const LinkAnchor = createLink(Anchor<"a">);
export const LinkButton = createLink(Button<"a">);
export const LinkEntry = createLink(NavLink<"a">);
