"""Tests of verify/trials/hunt."""
