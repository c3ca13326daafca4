"""When a job's process ends by itself, whatever it does against it and whoever has gone."""
