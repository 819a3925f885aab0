"""How standing is won: rulesets, councils, dossiers, scoring."""
