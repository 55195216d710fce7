"""Claude Messages as Anthropic serves it, with a stand-in that answers from the prompt's own facts."""
