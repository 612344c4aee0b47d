"""The rules and the words: values, protocols and flows, without Qt, SQL, network or a clock of their own."""
