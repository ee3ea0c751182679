"""Programme templates: versioned data, validated when the service starts."""
