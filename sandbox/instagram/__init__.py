"""Instagram's messages as Meta serves them: the Send API of both logins, and webhooks signed and retried."""
