"""Packages under the names that programs import them by; this folder is on the path of jobs that need them."""
