"""Pages and endpoints of the desk: the webhook, and how it stands for whoever runs it."""
