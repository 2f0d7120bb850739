// The words by which a column, or its table, tells that a person stands behind it. French and English, without accents.
import { singular, wordsOf } from "./words.js";

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const people = set(`
  abonne actor acteur adherent administre agent allocataire applicant assistante assure auteur author beneficiaire
  beneficiary benevole borrower candidat candidate child children citizen citoyen client collaborateur conjoint contact
  contribuable convive customer demandeur demandeuse donateur donor electeur eleve emergency employe employee emprunteur
  enfant enseignant etudiant family famille father foyer guardian guest habitant holder household individu inhabitant
  inscrit intervenant lecteur locataire mandataire member membre mere mother occupant owner parent parrain passenger
  patient people pere person personne personnel player prof proprietaire prop pupil reader representant resident
  responsable salarie sender signataire spouse staff student subscriber tenant titulaire tuteur user usager utilisateur
  victime visiteur visitor voter volunteer worker`);

const things = set(`
  album arret article asset batiment bibliotheque budget building bus camera capteur category categorie cinema city
  column commune country creche database departement department device district ecole equipement etablissement event
  evenement fichier file film fontaine genre gymnase hall host hotel jardin lampadaire language library lieu ligne line
  magasin mairie marche mediatheque menu model modele musee museum organisation organization parc park parking place
  playlist poste produit product quartier region restaurant road room route rue salle school schema sensor serveur server
  shop site station stop store street streetlight supplier fournisseur table team telephone template theme toilet tram
  track ville voirie zone`);

export type Kindred = "people" | "things" | "unknown";

/** `allocataires` → people, `ecoles` → things; where words of both stand, the people decide. */
export function kindredOf(name: string): Kindred {
  const words = wordsOf(name).map(singular);
  if (words.some((word) => people.has(word))) return "people";
  return words.some((word) => things.has(word)) ? "things" : "unknown";
}
