"""One person's way through one programme, from referral to certificate."""
