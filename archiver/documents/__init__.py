"""The words of documents: characters, posts of Telegram, the pages of a PDF."""
