"""What has been shown and what is still needed; recording a fact and drawing its consequence."""
