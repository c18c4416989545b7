"""Software of child care institutions (JJ Act 2015 s.2(21)): residents and their eFiles, by REST."""
