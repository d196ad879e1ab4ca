"""Programs inside the framework images: what they do with a user's training or inference script."""
