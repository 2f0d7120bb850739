// What Rivemont consists of: districts, schools, libraries and what they lend.
export interface DistrictRow {
  readonly id: number;
  readonly name: string;
  readonly area: number;
  /** Share of the people, in parts. */
  readonly weight: number;
}

const district = (id: number, name: string, area: number, weight: number): DistrictRow => ({ id, name, area, weight });

export const districts: readonly DistrictRow[] = [
  district(1, "Centre-Ville", 1.12, 14),
  district(2, "Les Quais", 0.94, 9),
  district(3, "Gare", 0.87, 8),
  district(4, "Saint-Aubin", 1.75, 8),
  district(5, "La Fontaine", 2.1, 7),
  district(6, "Beauregard", 2.44, 9),
  district(7, "Les Vignes", 3.06, 6),
  district(8, "Le Moulin-Vert", 2.81, 6),
  district(9, "Belle-Rive", 1.38, 8),
  district(10, "La Croix-Blanche", 1.97, 6),
  district(11, "Les Hauts de Rivemont", 3.52, 7),
  district(12, "Pré-Fleuri", 2.23, 5),
  district(13, "L'Île-aux-Moines", 0.61, 2),
  district(14, "Zone des Forges", 4.9, 5),
];

/** Two public schools for each district. `099` is no département: these codes are nobody's. */
export const schools = districts.flatMap(({ id, name }) => [
  { uai: `099${String(id * 2 - 1).padStart(4, "0")}A`, name: `École maternelle ${name}`, kind: "maternelle", district: id, meals: true },
  { uai: `099${String(id * 2).padStart(4, "0")}B`, name: `École élémentaire ${name}`, kind: "elementaire", district: id, meals: id !== 13 },
]); // prettier-ignore

export const branches = [
  { code: "CTR", name: "Médiathèque du Centre", address: "2 place de la Mairie", opened: "1987-05-16" },
  { code: "GAR", name: "Médiathèque de la Gare", address: "14 avenue de la Gare", opened: "2011-09-03" },
  { code: "HTS", name: "Bibliothèque des Hauts", address: "7 rue George-Sand", opened: "1998-01-24" },
  { code: "MOU", name: "Bibliothèque du Moulin", address: "31 rue du Moulin", opened: "2004-10-09" },
] as const;

const titled = (genre: string, titles: string) => titles.split("; ").map((title) => ({ title, genre }));

export const titles: readonly { readonly title: string; readonly genre: string }[] = [
  ...titled("roman", "Madame Bovary; Les Misérables; Germinal; Bel-Ami; Le Rouge et le Noir; La Princesse de Clèves; Notre-Dame de Paris; L'Éducation sentimentale; Le Père Goriot; Au Bonheur des Dames; Indiana; Corinne ou l'Italie"),
  ...titled("jeunesse", "Sans famille; Les Malheurs de Sophie; Contes de Perrault; Le Roman de Renart; La Belle et la Bête; Poil de Carotte; Un bon petit diable; Fables choisies; Alice au pays des merveilles; Pinocchio"),
  ...titled("aventure", "Vingt mille lieues sous les mers; Le Tour du monde en quatre-vingts jours; Les Trois Mousquetaires; Le Comte de Monte-Cristo; L'Île mystérieuse; Michel Strogoff; Le Capitaine Fracasse; Robinson Crusoé"),
  ...titled("policier", "Arsène Lupin, gentleman cambrioleur; Le Mystère de la chambre jaune; L'Aiguille creuse; Monsieur Lecoq; Le Chien des Baskerville; L'Affaire Lerouge"),
  ...titled("poésie", "Les Fleurs du mal; Les Contemplations; Poèmes saturniens; Illuminations; Les Regrets; Émaux et Camées"),
  ...titled("théâtre", "Le Misanthrope; Tartuffe; Phèdre; Le Cid; Cyrano de Bergerac; Le Mariage de Figaro; On ne badine pas avec l'amour"),
  ...titled("essai", "Essais; Lettres persanes; Discours de la méthode; De la démocratie en Amérique; Le Contrat social; De l'Allemagne"),
]; // prettier-ignore
