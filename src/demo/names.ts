// Common French names, the most frequent first. Put together by chance they are nobody's.
const words = (text: string): readonly string[] => text.trim().split(/\s*,\s*/);

export const familyNames = words(`
Martin, Bernard, Thomas, Petit, Robert, Richard, Durand, Dubois, Moreau, Laurent, Simon, Michel, Lefebvre, Leroy, Roux,
David, Bertrand, Morel, Fournier, Girard, Bonnet, Dupont, Lambert, Fontaine, Rousseau, Vincent, Muller, Lefèvre, Faure,
André, Mercier, Blanc, Guérin, Boyer, Garnier, Chevalier, François, Legrand, Gauthier, Garcia, Perrin, Robin, Clément,
Morin, Nicolas, Henry, Roussel, Mathieu, Gautier, Masson, Marchand, Duval, Denis, Dumont, Marie, Lemaire, Noël, Meyer,
Dufour, Meunier, Brun, Blanchard, Giraud, Joly, Rivière, Lucas, Brunet, Gaillard, Barbier, Arnaud, Martinez, Gérard,
Roche, Renard, Schmitt, Roy, Leroux, Colin, Vidal, Caron, Picard, Roger, Fabre, Aubert, Lemoine, Renaud, Dumas, Lacroix,
Olivier, Philippe, Bourgeois, Pierre, Benoît, Rey, Leclerc, Payet, Rolland, Leclercq, Guillaume, Lecomte, Lopez, Jean,
Dupuy, Guillot, Hubert, Berger, Carpentier, Sanchez, Dupuis, Moulin, Louis, Deschamps, Huet, Vasseur, Perez, Boucher,
Fleury, Royer, Klein, Jacquet, Adam, Paris, Poirier, Marty, Aubry, Guyot, Carré, Charles, Renault, Charpentier, Ménard,
Maillard, Baron, Bertin, Bailly, Hervé, Schneider, Fernandez, Le Gall, Collet, Léger, Bouvier, Julien, Prévost, Millet,
Perrot, Daniel, Le Roux, Cousin, Germain, Breton, Besson, Langlois, Rémy, Le Goff, Pelletier, Lévêque, Perrier, Leblanc,
Barré, Lebrun, Marchal, Weber, Mallet, Hamon, Boulanger, Jacob, Monnier, Michaud, Rodriguez, Guichard, Gillet, Étienne,
Grondin, Poulain, Tessier, Chevallier, Collin, Chauvin, Da Silva, Bouchet, Gay, Lemaître, Bénard, Maréchal, Humbert,
Reynaud, Antoine, Hoarau, Perret, Barthélemy, Cordier, Pichon, Lejeune, Gilbert, Lamy, Delaunay, Pasquier, Carlier,
Laporte, Benali, Haddad, Traoré, Diallo, N'Diaye, Nguyen, Ferreira, Pereira, Kaya, Yilmaz, Cissé, Saïdi, Mansouri,
D'Angelo, Le Bihan, Kowalski, Ait Ahmed, Touré, Ben Salem, Rakoto, L'Hermitte, Tran, Popescu, Bouzid, Camara, Lê`);

export const givenNamesF = words(`
Emma, Louise, Jade, Alice, Chloé, Lina, Mila, Léa, Manon, Rose, Anna, Inès, Camille, Lola, Ambre, Léna, Zoé, Juliette,
Julia, Lou, Sarah, Lucie, Eva, Jeanne, Romane, Agathe, Éléonore, Nina, Louna, Charlotte, Marie, Nathalie, Isabelle,
Sylvie, Catherine, Martine, Françoise, Christine, Monique, Valérie, Sandrine, Véronique, Nicole, Stéphanie, Sophie,
Céline, Chantal, Patricia, Anne, Brigitte, Julie, Jacqueline, Laurence, Aurélie, Dominique, Virginie, Élodie, Corinne,
Émilie, Hélène, Claire, Mélanie, Caroline, Laetitia, Audrey, Fatima, Amina, Khadija, Yasmine, Aïcha, Mariam, Anne-Sophie,
Marie-Claude, Marguerite, Élise, Noémie, Maëlle, Capucine, Solène, Gaëlle, Maïa, Thaïs, Ophélie, Clémence, Apolline`);

export const givenNamesM = words(`
Gabriel, Léo, Raphaël, Louis, Jules, Adam, Arthur, Hugo, Lucas, Maël, Noah, Liam, Nathan, Ethan, Paul, Sacha, Tom, Aaron,
Théo, Gabin, Mohamed, Nolan, Axel, Timéo, Victor, Antoine, Martin, Valentin, Robin, Clément, Jean, Philippe, Michel,
Alain, Patrick, Nicolas, Christophe, Pierre, Christian, Éric, Frédéric, Laurent, Stéphane, David, Pascal, Daniel, Julien,
Thierry, Olivier, Bernard, Thomas, Sébastien, Gérard, Didier, Dominique, Vincent, François, Bruno, Guillaume, Jérôme,
Jacques, Marc, Maxime, Romain, Claude, Franck, Karim, Ahmed, Ibrahim, Youssef, Mehdi, Jean-Baptiste, Jean-Luc, Anthony,
Alexandre, Benoît, Loïc, Yann, Gaël, Joël, Noël, Maël, Célestin, Émile, Anatole, Côme, Édouard, Grégoire, Barnabé`);

export const streets = words(`
rue de l'Église, rue du Moulin, rue des Écoles, avenue de la Gare, rue Victor-Hugo, rue Jules-Ferry, rue du Lavoir,
place de la Mairie, boulevard des Tilleuls, rue des Lilas, chemin des Vignes, rue Jean-Jaurès, rue Pasteur,
allée des Cerisiers, rue du Stade, impasse du Four, rue des Tanneurs, quai de la Rive, rue Marie-Curie, rue de la Paix,
rue du 8-Mai-1945, cours de la Liberté, rue George-Sand, rue des Prés, route de la Forêt, square des Acacias,
rue Louise-Michel, rue de la Fontaine, avenue du Général-Leclerc, rue du Pont-Neuf, sentier des Roches`);
