"""What people in the Desk may ask and see. Each method checks who asks; none returns a secret."""
