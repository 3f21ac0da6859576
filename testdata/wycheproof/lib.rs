// Cargo.toml must have a target to be one.
