"""The ledger of all claims: its entries, the results of earlier runs, and the replay of saved ledgers."""
